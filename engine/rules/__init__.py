"""Rules: what a ruleset is (vocabulary, tables, decisions), and the rule files it is read from. Pure."""
