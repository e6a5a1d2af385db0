"""The same work in Dabiao and in what people would use instead, side by side in one run."""
