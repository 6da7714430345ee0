package dev.plinth.testkit;

/// To be written.
public interface TransactionContract extends ContractBase {}
