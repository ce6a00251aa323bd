"""What `make run` runs: prepares the data folder, starts the parts of the product and keeps them running."""
