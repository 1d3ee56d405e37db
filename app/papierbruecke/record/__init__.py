"""What did the practice decide? Input files, their rules, and the Beleg that comes of them."""
