"""Parts of a question that say something of the whole: who is overturned, and what else is asked."""
