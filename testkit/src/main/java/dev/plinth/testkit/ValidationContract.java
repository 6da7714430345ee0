package dev.plinth.testkit;

/// To be written.
public interface ValidationContract extends ContractBase {}
