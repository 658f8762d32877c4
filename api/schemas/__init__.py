"""Marshmallow schemas: of what is taken, made from the vocabulary; of what is answered, for OpenAPI. Pure."""
