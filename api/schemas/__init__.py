"""Marshmallow schemas: of what is taken, made from the vocabulary, and of what is answered, for OpenAPI."""
