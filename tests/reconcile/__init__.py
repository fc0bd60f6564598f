"""Tests of statements, their readers, and what is made of them."""
