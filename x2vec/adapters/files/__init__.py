"""Files: what a path means, what messages call it, and the bytes in it, unpacked."""
