"""Tides from harmonic constants."""

from tidepool.station import Station, Tide

__all__ = ["Station", "Tide"]
