// What every page shares: suggestions under a search field, tables that sort.
