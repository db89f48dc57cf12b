"""Agencies, people, posts, signing in."""

from __future__ import annotations
