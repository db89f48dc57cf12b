"""What the pages ask for by themselves: a form filled in again, and how long the session lasts."""
