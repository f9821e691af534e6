"""What the Python suites share: clients, the recording of exchanges, test data, processes of their own."""
