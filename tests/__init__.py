"""Tests of lakeform."""
