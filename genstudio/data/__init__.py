"""What can be learned from: tables now; every kind ends as a frozen Dataset."""
