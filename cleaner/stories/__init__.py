"""What is made of items: which of them tell the same story, what kind of copy each is, and which only look like one."""
