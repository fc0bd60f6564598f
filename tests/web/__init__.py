"""Tests of the pages and the guard before them."""
