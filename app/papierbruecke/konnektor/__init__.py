"""The Konnektor as a counterpart: TLS, connector.sds, SOAP. A port for the rooms, one adapter."""
