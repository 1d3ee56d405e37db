"""PDF primitives shared by every printed page: millimetres, fonts, boxes."""
