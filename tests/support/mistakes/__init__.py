"""What people write that is wrong, as a table, and the good small lake that it is an edit of."""
