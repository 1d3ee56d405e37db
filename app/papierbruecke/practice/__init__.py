"""Who are we? Practice, doctors, desk and the settings of this computer."""
