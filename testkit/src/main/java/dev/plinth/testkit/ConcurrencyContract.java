package dev.plinth.testkit;

/// To be written.
public interface ConcurrencyContract extends ContractBase {}
