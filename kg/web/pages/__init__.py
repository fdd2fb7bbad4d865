"""The pages: each reads its request, asks the site and fills a template."""
