"""What the company's own directory says of its people, and what follows from it."""
