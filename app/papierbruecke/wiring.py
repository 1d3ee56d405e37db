"""Composition root: the only file that names concrete adapters.

``Desk`` is what both surfaces, the command line and the window, work with: one data folder,
its settings, and the services over it. Everything is made on first use, so that ``rezept``
needs no store and ``karte`` needs no Konnektor.
"""
