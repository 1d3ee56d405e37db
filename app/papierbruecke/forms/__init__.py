"""What goes on paper, and where?"""
