"""What notebook 26 alone needs: kernels that reach over frames and slices."""
