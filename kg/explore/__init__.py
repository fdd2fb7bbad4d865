"""What is around a thing: neighbours, names, suggestions, the sentence behind a link, a drawing. No HTTP."""
