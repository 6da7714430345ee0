package dev.plinth.testkit;

/// To be written.
public interface TransactionEndContract extends ContractBase {}
