"""The KIM-Clientmodul as a counterpart: SMTP out, POP3 in. A port for the rooms, one adapter."""
