"""The adapter ``playlists``: several ways in which lists are written, each in a module."""

from x2vec.adapters.playlists.adapter import PlaylistsAdapter
from x2vec.adapters.playlists.options import PlaylistsOptions

__all__ = ["PlaylistsAdapter", "PlaylistsOptions"]
