"""The web pages: parse, call one action or the queries a screen needs, render. No rules, no writes."""

from __future__ import annotations
