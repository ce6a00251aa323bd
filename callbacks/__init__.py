"""One module per panel: parse, call one service function, render."""
