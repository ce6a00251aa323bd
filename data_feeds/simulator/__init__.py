"""A simulated city that talks to the product only through its public doors: feeds, inbox, receipts."""
