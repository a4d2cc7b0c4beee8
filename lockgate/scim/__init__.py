"""SCIM 2.0 (RFC 7643, RFC 7644), by which a company's directory tends its people here: see README.md."""
