"""Papierbrücke brings a German Arztpraxis through a failure of the Telematikinfrastruktur."""

__version__ = "0.1.0"
