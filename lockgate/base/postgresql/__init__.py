"""PostgreSQL as Django has it, with transactions that are begun by BEGIN instead of by turning autocommit off."""
