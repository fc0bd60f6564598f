"""Tests of who calculates."""
