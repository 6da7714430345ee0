package dev.plinth.testkit;

/// To be written.
public interface SoftDeleteContract extends ContractBase {}
