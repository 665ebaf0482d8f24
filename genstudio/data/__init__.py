"""What can be learned from: tables and pictures; every kind ends as a frozen Dataset."""
