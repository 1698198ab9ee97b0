"""Customer service requests of finance shared services: taken in, decided under policy, carried out, proved."""

__version__ = "0.1.0"
