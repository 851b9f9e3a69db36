"""The talk: what is asked, understood and answered."""
