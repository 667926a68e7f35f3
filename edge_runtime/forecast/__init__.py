"""Forecasting's arithmetic around the network: NumPy alone, the same in training and on the device."""
