"""The knowledge: records, rules and Vietnamese. No I/O, no clock."""
