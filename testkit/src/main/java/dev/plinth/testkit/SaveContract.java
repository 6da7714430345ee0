package dev.plinth.testkit;

/// To be written.
public interface SaveContract extends ContractBase {}
