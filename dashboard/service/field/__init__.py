"""Acts and reads of the people who receive orders: unit liaisons and grid workers."""
